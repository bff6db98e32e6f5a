import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** A dialog over the page. It stands in the page's main part, and no style is written into the document to hold the scrolling. */
export function Frame({
  title,
  closeLabel = 'Close',
  size = 'lg',
  onClose,
  children,
}: {
  readonly title: string;
  readonly closeLabel?: string;
  readonly size?: 'lg' | 'xl';
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      lockScroll={false}
      closeOnClickOutside={false}
      portalProps={{ target: '#main' }}
      closeButtonProps={{ 'aria-label': closeLabel }}
    >
      {children}
    </Modal>
  );
}
