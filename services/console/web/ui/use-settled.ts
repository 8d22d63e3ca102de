import { useEffect, useState } from 'react';

const waitMs = 300;

/** The value once it no longer changes: what is asked with each key would be asked in vain. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), waitMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
