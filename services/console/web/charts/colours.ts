import { useEffect, useMemo, useState } from 'react';
import { usePreferences } from '../app/preferences.tsx';

export interface ChartColours {
  ink: string;
  line: string;
  series: string[];
}

/** Those of light or dark, whichever is in use. */
export function useChartColours(): ChartColours {
  const theme = useThemeInUse();
  return useMemo(() => coloursOf(theme), [theme]);
}

function coloursOf(theme: 'light' | 'dark'): ChartColours {
  const series = ['--series-1', '--series-2', '--series-3', '--series-4'];
  return {
    ink: colourOf('--ink-3', theme),
    line: colourOf('--line', theme),
    series: series.map((name) => colourOf(name, theme)),
  };
}

/** The colour that a property of the style sheets has: a canvas takes no property by name. */
function colourOf(property: string, theme: 'light' | 'dark'): string {
  const probe = document.createElement('span');
  probe.style.colorScheme = theme;
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Changes with light and dark, whoever changed them. */
function useThemeInUse(): 'light' | 'dark' {
  const { theme } = usePreferences();
  const [system, setSystem] = useState(darkQuery.matches);
  useEffect(() => {
    const changed = (): void => setSystem(darkQuery.matches);
    darkQuery.addEventListener('change', changed);
    return () => darkQuery.removeEventListener('change', changed);
  }, []);
  if (theme !== 'system') return theme;
  return system ? 'dark' : 'light';
}

const darkQuery = matchMedia('(prefers-color-scheme: dark)');
