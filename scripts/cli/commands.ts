import { adminCommands } from './admin-commands.ts';
import type { CommandSpec } from './command-spec.ts';
import { deviceCommands } from './device.ts';
import { doctor } from './doctor/doctor.ts';
import { push } from './push/push.ts';
import { tail } from './tail.ts';
import { taskCommands } from './task.ts';
import { top } from './top/top.ts';

/** All commands, in the order of the help. */
export const commands: CommandSpec[] = [push, tail, top, doctor, ...taskCommands, ...deviceCommands, ...adminCommands];
