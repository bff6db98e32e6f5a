import { esModule } from './es-module';

export type Jose = typeof import('jose', { with: { 'resolution-mode': 'import' }});

export const loadJose = esModule<Jose>('jose', () => import('jose'));
