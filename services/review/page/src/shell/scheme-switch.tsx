import { Button, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';

const NEXT: Readonly<Record<MantineColorScheme, MantineColorScheme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const SAYS: Readonly<Record<MantineColorScheme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' };

/** Light, dark, or as the reader's system has it. */
export function SchemeSwitch() {
  // Mantine would otherwise write a style into the page, to hold the transitions, which the policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const next = NEXT[colorScheme];
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      onClick={() => setColorScheme(next)}
      aria-label={`Colours: ${SAYS[colorScheme]}. Change to ${SAYS[next]}.`}
      title="Colours"
    >
      {SAYS[colorScheme]}
    </Button>
  );
}
