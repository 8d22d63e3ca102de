import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Link } from 'wouter';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  children: ReactNode;
  look?: 'main' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  busy?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
  /** What it is called, where its text doesn't say it alone. */
  label?: string;
  onPress?: () => void;
}

export function Button({ children, look = 'plain', icon, busy, disabled, type = 'button', label, onPress }: Props) {
  return (
    <AriaButton
      className={`button button-${look}`}
      type={type}
      isPending={busy ?? false}
      isDisabled={disabled ?? false}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(onPress === undefined ? {} : { onPress })}
    >
      {icon && <Icon name={icon} size={16} />}
      {children}
    </AriaButton>
  );
}

/** A button of a symbol alone. */
export function IconButton({ icon, label, onPress }: { icon: IconName; label: string; onPress?: () => void }) {
  return (
    <AriaButton className="icon-button" aria-label={label} {...(onPress === undefined ? {} : { onPress })}>
      <Icon name={icon} />
    </AriaButton>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  children,
  look = 'plain',
  icon,
}: {
  href: string;
  children: ReactNode;
  look?: 'main' | 'plain' | 'quiet';
  icon?: IconName;
}) {
  return (
    <Link className={`button button-${look}`} href={href}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </Link>
  );
}
