import { useWords } from '../../i18n/i18n.tsx';
import { Choice, FieldRow, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Pick } from '../../ui/pick.tsx';
import { takesSpeed } from './draft.ts';
import type { DraftForm } from './use-draft.ts';

const hour = 3_600_000;
const keptHours = [1, 2, 6, 12, 24, 48, 72];

/** How it is delivered. */
export function SettingsPart({ form }: { form: DraftForm }) {
  const { t, f } = useWords();
  const { draft, set, faultAt, touch } = form;
  const s = t.send;
  return (
    <Card title={s.settings}>
      <FieldRow>
        <Choice
          label={s.ttl}
          value={draft.ttl}
          options={[
            { value: '-1', text: s.ttlNone },
            ...keptHours.map((hours) => ({ value: String(hours * hour), text: s.ttlHours(f.number(hours)) })),
          ]}
          onChange={(ttl) => set({ ttl })}
          fault={faultAt('settings.ttl')}
        />
        <TextField
          label={s.group}
          optional={t.common.optional}
          value={draft.group}
          onChange={(group) => {
            set({ group });
            touch('group');
          }}
          fault={faultAt('group')}
          help={s.groupHelp}
        />
        {takesSpeed(draft) && (
          <TextField
            label={s.speed}
            optional={t.common.optional}
            inputMode="numeric"
            value={draft.speed}
            onChange={(speed) => {
              set({ speed });
              touch('settings.speed');
            }}
            fault={faultAt('settings.speed')}
            help={s.speedHelp}
          />
        )}
      </FieldRow>
      <FieldRow>
        <Pick
          label={s.when}
          value={draft.when}
          onChange={(when) => set({ when })}
          options={[
            { value: 'now', text: s.now },
            { value: 'later', text: s.later },
          ]}
        />
        {draft.when === 'later' && (
          <TextField
            label={s.at}
            type="datetime-local"
            value={draft.at}
            onChange={(at) => {
              set({ at });
              touch('schedule');
            }}
            fault={faultAt('schedule')}
          />
        )}
      </FieldRow>
    </Card>
  );
}
