/** What the backend's calls take and answer: their own types, from the schemas that they are checked by. */

import type { appsCalls } from '../../calls/apps.ts';
import type { AnswerOf } from '../../calls/endpoint.ts';
import type { operatorsCalls } from '../../calls/operators.ts';
import type { virtualDeviceCalls } from '../../calls/virtual-device.ts';

export type { AppSummary } from '../../../common/protocol/app-calls.ts';
export type { AppChannel } from '../../../common/protocol/app-channel-calls.ts';
export type { Right, RightName } from '../../../common/protocol/operator-calls.ts';
export type { AppDetail } from '../../calls/apps.ts';
export type { AuditEntry } from '../../calls/audit.ts';
export type { AppChannels } from '../../calls/channels.ts';
export type { DeviceEvent, DeviceView, QueuedMessage } from '../../calls/devices.ts';
export type { Page } from '../../calls/lists.ts';
export type { Operator } from '../../calls/operators.ts';
export type { History, InstanceState, InstanceView, Overview } from '../../calls/overview.ts';
export type { Audience, PushAnswer, PushCheck, PushOrder } from '../../calls/sends.ts';
export type { Session } from '../../calls/session.ts';
export type { InstanceSettings, Setting } from '../../calls/settings.ts';
export type { RecallAnswer, StopAnswer, TaskDevice, TaskItem, TaskView, Timeline } from '../../calls/tasks.ts';
export type { Topology, TopologyNode } from '../../calls/topology.ts';

export type SignInOptions = { oidc: { name: string } | null };
export type NewApp = AnswerOf<typeof appsCalls.createApp>;
export type SignAnswer = AnswerOf<typeof virtualDeviceCalls.signDevice>;
export type NewOperator = AnswerOf<typeof operatorsCalls.createOperator>;
export type CallbackTest = AnswerOf<typeof appsCalls.testCallback>;
export type CallbackTry = AnswerOf<typeof appsCalls.callbacks>['items'][number];
