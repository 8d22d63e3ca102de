import { useWords } from '../../i18n/i18n.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Choice, TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { Pick } from '../../ui/pick.tsx';
import { newRule, type Rule } from './draft.ts';
import type { DraftForm } from './use-draft.ts';

const maxRules = 20;
const keys: Rule['key'][] = ['custom_tag', 'phone_type', 'region', 'portrait'];
const operators: Rule['operator'][] = ['or', 'and', 'not'];

/** Whom it goes to. */
export function AudiencePart({ form }: { form: DraftForm }) {
  const { t } = useWords();
  const { draft, set, faultAt, touch } = form;
  const s = t.send;
  return (
    <Card title={s.audience}>
      <Pick
        label={s.audienceKind}
        value={draft.audience}
        onChange={(audience) => set({ audience })}
        options={[
          { value: 'cid', text: s.cid },
          { value: 'alias', text: s.alias },
          { value: 'tag', text: s.tag },
          { value: 'all', text: s.allDevices },
        ]}
      />
      {draft.audience === 'cid' && (
        <TextField
          label={s.cids}
          lines={3}
          mono
          value={draft.cids}
          onChange={(cids) => set({ cids })}
          onBlur={() => touch('audience.values')}
          fault={faultAt('audience.values')}
          help={s.cidsHelp}
        />
      )}
      {draft.audience === 'alias' && (
        <TextField
          label={s.aliases}
          lines={3}
          value={draft.aliases}
          onChange={(aliases) => set({ aliases })}
          onBlur={() => touch('audience.values')}
          fault={faultAt('audience.values')}
          help={s.cidsHelp}
        />
      )}
      {draft.audience === 'tag' && <Rules form={form} />}
      {draft.audience === 'all' && <Notice tone="warn">{s.allWarning}</Notice>}
    </Card>
  );
}

/** A device has to fit every rule. */
function Rules({ form }: { form: DraftForm }) {
  const { t, f } = useWords();
  const { draft, set, faultAt, touch } = form;
  const s = t.send;
  const change = (id: number, changes: Partial<Rule>): void =>
    set({ rules: draft.rules.map((rule) => (rule.id === id ? { ...rule, ...changes } : rule)) });
  return (
    <div className="stack-tight">
      {draft.rules.map((rule, index) => {
        const name = s.rule(f.number(index + 1));
        const field = `audience.rules[${index}].values`;
        return (
          <fieldset className="rule" key={rule.id} aria-label={name}>
            <Choice
              label={s.ruleKey}
              value={rule.key}
              options={keys.map((value) => ({ value, text: s[value] }))}
              onChange={(key) => change(rule.id, { key })}
            />
            <Choice
              label={s.ruleOperator}
              value={rule.operator}
              options={operators.map((value) => ({ value, text: s[value] }))}
              onChange={(operator) => change(rule.id, { operator })}
            />
            <TextField
              label={s.ruleValues}
              value={rule.values}
              onChange={(values) => change(rule.id, { values })}
              onBlur={() => touch(field)}
              fault={faultAt(field)}
              help={s.ruleValuesHelp}
            />
            {draft.rules.length > 1 && (
              <IconButton
                icon="close"
                label={t.common.remove(name)}
                onPress={() => set({ rules: draft.rules.filter(({ id }) => id !== rule.id) })}
              />
            )}
          </fieldset>
        );
      })}
      {draft.rules.length < maxRules && (
        <div>
          <Button
            look="quiet"
            icon="plus"
            onPress={() => set({ rules: [...draft.rules, newRule(Math.max(...draft.rules.map(({ id }) => id)) + 1)] })}
          >
            {s.addRule}
          </Button>
        </div>
      )}
    </div>
  );
}
