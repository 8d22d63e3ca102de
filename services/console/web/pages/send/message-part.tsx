import { useWords } from '../../i18n/i18n.tsx';
import { Choice, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Pick } from '../../ui/pick.tsx';
import { type ClickType, neededByClick } from './draft.ts';
import type { DraftForm } from './use-draft.ts';

const clickTypes: ClickType[] = ['startapp', 'url', 'intent', 'payload', 'payload_custom', 'none'];
const maxTitle = 50;
const maxBody = 256;
const maxTransmission = 3_072;

/** What is sent. */
export function MessagePart({ form }: { form: DraftForm }) {
  const { t, f } = useWords();
  const { draft, set, faultAt, touch } = form;
  const s = t.send;
  const count = (text: string, max: number): string => `${f.number([...text].length)} / ${f.number(max)}`;
  const clickTexts: Record<ClickType, string> = {
    startapp: s.startapp,
    url: s.url,
    intent: s.intent,
    payload: s.payload,
    payload_custom: s.payload_custom,
    none: s.click_none,
  };
  const needed = neededByClick[draft.clickType];
  return (
    <Card title={s.content}>
      <Pick
        label={s.kind}
        value={draft.kind}
        onChange={(kind) => set({ kind })}
        options={[
          { value: 'notification', text: s.notification },
          { value: 'transmission', text: s.transmission },
        ]}
      />
      {draft.kind === 'transmission' ? (
        <TextField
          label={s.transmission}
          lines={5}
          mono
          value={draft.transmission}
          onChange={(transmission) => {
            set({ transmission });
            touch('message.transmission');
          }}
          fault={faultAt('message.transmission')}
          help={s.transmissionHelp}
          count={count(draft.transmission, maxTransmission)}
        />
      ) : (
        <>
          <TextField
            label={s.titleField}
            value={draft.title}
            onChange={(title) => {
              set({ title });
              touch('message.notification.title');
            }}
            fault={faultAt('message.notification.title')}
            count={count(draft.title, maxTitle)}
          />
          <TextField
            label={s.body}
            lines={3}
            value={draft.body}
            onChange={(body) => {
              set({ body });
              touch('message.notification.body');
            }}
            fault={faultAt('message.notification.body')}
            count={count(draft.body, maxBody)}
          />
          <Choice
            label={s.onClick}
            value={draft.clickType}
            options={clickTypes.map((value) => ({ value, text: clickTexts[value] }))}
            onChange={(clickType) => set({ clickType })}
          />
          {needed && (
            <TextField
              label={s[`${needed}Field`]}
              mono={needed !== 'url'}
              value={draft[needed]}
              onChange={(text) => {
                set({ [needed]: text });
                touch(`message.notification.${needed}`);
              }}
              fault={faultAt(`message.notification.${needed}`)}
              {...(needed === 'payload' ? { lines: 2 } : {})}
            />
          )}
        </>
      )}
    </Card>
  );
}
