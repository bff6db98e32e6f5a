export { type Stage, Target, type TargetOptions } from './target';
