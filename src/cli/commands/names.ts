import { namesCommand } from '../verbs/names.ts';
import { walkAids } from '../walk-aids.ts';

export const command = namesCommand(walkAids, async () => (await import('../../kernel/btrfs.ts')).inodePaths);
