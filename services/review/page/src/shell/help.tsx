import { Kbd } from '@mantine/core';
import { Fragment } from 'react';
import { Frame } from '../parts/frame';
import styles from './shell.module.css';

const KEYS: readonly (readonly [string, string])[] = [
  ['g q', 'the queue'],
  ['g a', 'what needs attention'],
  ['g k', 'your keys'],
  ['j  k', 'next and previous row'],
  ['Enter', 'open the row'],
  ['/', 'search'],
  ['a', 'approve the contract shown'],
  ['r', 'reject it'],
  ['c', 'ask for clarification, or record the answer'],
  ['m', 'modify its scope'],
  ['n', 'add a note'],
  ['Esc', 'close a dialog; nothing is decided'],
  ['?', 'this help'],
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Frame title="Keyboard" onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([keys, what]) => (
          <Fragment key={keys}>
            <dt>{keys.split(' ').map((key) => (key ? <Kbd key={key}>{key}</Kbd> : ' '))}</dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Frame>
  );
}
