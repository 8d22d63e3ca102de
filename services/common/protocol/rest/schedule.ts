import Type, { type Static } from 'typebox';

export const sendResults = ['send_success', 'do_not_send', 'send_failed', 'has_delete'] as const;

const Ms = (description: string) => Type.String({ description: `${description}, ms since the Unix epoch` });

export const ScheduleData = Type.Record(
  Type.String(),
  Type.Object({
    create_time: Ms('When it was accepted'),
    push_time: Ms('When it is due'),
    transmission_content: Type.String({ description: 'The transmission, or the notification or revoke as JSON text' }),
    send_result: Type.Enum([...sendResults], {
      description: 'do_not_send: not yet; send_failed: it expired first; has_delete: cancelled or stopped',
    }),
    status: Type.Enum(['success', 'failed'], { description: 'failed with send_failed, else success' }),
  }),
  { description: 'By task id' },
);
export type ScheduleData = Static<typeof ScheduleData>;
