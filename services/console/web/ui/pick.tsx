import { Switch as AriaSwitch, Label, Radio, RadioGroup } from 'react-aria-components';
import type { Option } from './field.tsx';

/** One of a few, all of them seen. */
export function Pick<Value extends string>({
  label,
  value,
  options,
  onChange,
  unseenLabel,
}: {
  label: string;
  value: Value;
  options: Option<Value>[];
  onChange: (value: Value) => void;
  unseenLabel?: boolean;
}) {
  return (
    <RadioGroup
      className="field"
      value={value}
      onChange={(chosen) => onChange(chosen as Value)}
      orientation="horizontal"
      {...(unseenLabel ? { 'aria-label': label } : {})}
    >
      {!unseenLabel && (
        <div className="field-head">
          <Label>{label}</Label>
        </div>
      )}
      <div className="pick">
        {options.map((option) => (
          <Radio className="pick-item" value={option.value} key={option.value}>
            {option.text}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export function Switch({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <AriaSwitch className="switch" isSelected={on} onChange={onChange}>
      <span className="switch-track" aria-hidden="true" />
      {label}
    </AriaSwitch>
  );
}
