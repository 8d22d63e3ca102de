import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  TextArea,
} from 'react-aria-components';
import { Icon } from './icon.tsx';

export interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with the value; undefined: nothing. */
  fault?: string | undefined;
  help?: string;
  type?: 'text' | 'password' | 'search' | 'datetime-local';
  inputMode?: 'numeric' | 'text' | 'url';
  autoComplete?: string;
  required?: boolean;
  optional?: string;
  lines?: number;
  mono?: boolean;
  disabled?: boolean;
  autoFocus?: boolean;
  /** Beside the label: how much of the length is used. */
  count?: string;
  placeholder?: string;
  onBlur?: () => void;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, fault, help, type = 'text', lines, mono, count, optional } = props;
  const control = mono ? 'control mono' : 'control';
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={fault !== undefined}
      isRequired={props.required ?? false}
      isDisabled={props.disabled ?? false}
      validationBehavior="aria"
      {...(lines === undefined ? { type } : {})}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.autoComplete === undefined ? {} : { autoComplete: props.autoComplete })}
      {...(props.inputMode === undefined ? {} : { inputMode: props.inputMode })}
      {...(props.onBlur === undefined ? {} : { onBlur: props.onBlur })}
    >
      <div className="field-head">
        <Label>
          {label}
          {optional && <span className="field-optional"> {optional}</span>}
        </Label>
        {count && (
          <span className="field-count numbers" aria-hidden="true">
            {count}
          </span>
        )}
      </div>
      {lines === undefined ? (
        <Input className={control} placeholder={props.placeholder ?? ''} />
      ) : (
        <TextArea className={control} rows={lines} placeholder={props.placeholder ?? ''} />
      )}
      {help && fault === undefined && (
        <Text slot="description" className="field-help">
          {help}
        </Text>
      )}
      <FieldError className="field-fault">{fault}</FieldError>
    </AriaTextField>
  );
}

export interface Option<Value extends string> {
  value: Value;
  text: string;
}

export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
  placeholder,
  unseenLabel,
  fault,
  disabled,
}: {
  label: string;
  value: Value | undefined;
  options: Option<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  unseenLabel?: boolean;
  fault?: string | undefined;
  disabled?: boolean;
}) {
  return (
    <Select
      className="field"
      value={value ?? null}
      onChange={(key) => onChange(String(key) as Value)}
      isDisabled={disabled ?? false}
      isInvalid={fault !== undefined}
      placeholder={placeholder ?? '—'}
      {...(unseenLabel ? { 'aria-label': label } : {})}
    >
      {!unseenLabel && (
        <div className="field-head">
          <Label>{label}</Label>
        </div>
      )}
      <AriaButton className="control choice">
        <SelectValue className="clip" />
        <Icon name="down" size={16} />
      </AriaButton>
      <FieldError className="field-fault">{fault}</FieldError>
      <Popover className="popover">
        <ListBox className="list">
          {options.map((option) => (
            <ListBoxItem className="list-item" id={option.value} key={option.value} textValue={option.text}>
              {option.text}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

export function FieldRow({ children }: { children: ReactNode }) {
  return <div className="field-row">{children}</div>;
}
