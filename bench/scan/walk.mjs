/** The walk alone, through the library: what the C walker does, and prints. `node bench/scan/walk.mjs full|symlinks|names DIR` */
import { Fault, kernel, kernelProbe, Walk } from '../../dist/mod.js';

const [level, path] = process.argv.slice(2);
const handle = kernel.open(kernel.cwd, path, { access: 'read', directory: true });
if (handle instanceof Fault) throw new Error(handle.reason);
const walk = new Walk(kernelProbe(), { level });
walk.addRoot(handle, { path, physical: path });
process.getBuiltinModule('node:v8').setFlagsFromString('--no-turbofan');
while (!walk.step(1e6));
const { counts, files, names } = walk.census;
console.log(JSON.stringify({ ...counts, multiLinkInodes: files.count, multiLinkNames: names.count }));
