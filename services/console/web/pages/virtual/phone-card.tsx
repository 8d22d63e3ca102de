import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { PushAnswer, PushOrder } from '../../api/types.ts';
import { useAppName } from '../../app/apps.ts';
import { routes } from '../../app/routes.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { Phone } from '../../ui/phone.tsx';
import { Pick } from '../../ui/pick.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { newRequestId } from '../send/request-id.ts';
import { MessageList } from './message-list.tsx';
import type { PhoneView } from './phone.ts';
import { phones } from './phones.ts';
import type { Condition } from './pipe.ts';

const tones: Record<PhoneView['status'], Tone> = {
  starting: 'idle',
  connecting: 'busy',
  online: 'good',
  waiting: 'warn',
  leaving: 'idle',
  stopped: 'bad',
};

export function PhoneCard({ app, view }: { app: string; view: PhoneView }) {
  const { t, f } = useWords();
  const v = t.virtual;
  const name = v.phone(f.number(view.slot));
  const push = useChange<PushOrder, PushAnswer>('POST', `${pathOf('apps', app)}/pushes`, [
    pathOf('apps', app, 'tasks'),
  ]);
  const phone = phones.of(app, view.slot);
  const conditions: Record<Condition, string> = { good: v.normal, slow: v.slow, cut: v.cut, asleep: v.asleep };
  const test = (cid: string): void => {
    const message: PushOrder['message'] = {
      notification: { title: v.testTitle, body: v.testBody, click_type: 'startapp' },
    };
    push.run({ audience: { kind: 'cid', values: [cid] }, message, requestId: newRequestId() }).catch(() => {});
  };
  return (
    <Card
      title={name}
      actions={
        <Button look="quiet" label={`${v.remove}: ${name}`} onPress={() => phones.remove(app, view.slot)}>
          {v.remove}
        </Button>
      }
    >
      <Phone label={name} bar={<PhoneStatus view={view} />} asleep={view.condition === 'asleep'}>
        <MessageList app={useAppName(app)} messages={view.messages} onOpen={(message) => phone?.open(message)} />
      </Phone>
      <div className="row-apart small">
        <span role="status">{v.received(f.number(view.received))}</span>
        {view.cid && <code className="clip phone-cid">{view.cid}</code>}
      </div>
      {view.status === 'stopped' ? (
        <Button icon="refresh" onPress={() => phone?.start()}>
          {v.restart}
        </Button>
      ) : (
        <Pick
          label={v.network}
          value={view.condition}
          options={(['good', 'slow', 'cut', 'asleep'] as const).map((value) => ({ value, text: conditions[value] }))}
          onChange={(condition) => phone?.change(condition)}
        />
      )}
      {push.error && <ErrorNote error={push.error} />}
      {view.cid && (
        <div className="row">
          <Button icon="bell" busy={push.busy} onPress={() => test(view.cid!)}>
            {v.test}
          </Button>
          <ButtonLink look="quiet" href={`${routes.send(app)}?cid=${view.cid}`}>
            {v.pushHere}
          </ButtonLink>
        </div>
      )}
    </Card>
  );
}

function PhoneStatus({ view }: { view: PhoneView }) {
  const { t } = useWords();
  const { status, reason } = view;
  const text = reason === undefined ? t.virtual[`status_${status}`] : t.virtual[`reason_${reason}`];
  return <Status tone={tones[status]} text={text} />;
}
