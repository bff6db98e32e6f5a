import { Outside } from './outside';

/** A JSON value as text: what the registry holds, or what a rule saw. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function Value({ of }: { readonly of: unknown }) {
  return (
    <code>
      <Outside text={valueText(of)} />
    </code>
  );
}

/** `support_ticket` → `support ticket` */
export const words = (name: string) => name.replaceAll('_', ' ');

/** The part of an id that tells it from others, the whole of it on hover. */
export function Id({ of }: { readonly of: string }) {
  return <code title={of}>…{of.slice(-8)}</code>;
}
