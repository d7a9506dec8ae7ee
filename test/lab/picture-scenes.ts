import assert from 'node:assert/strict';
import { encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Handle } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Picture } from '../../src/lab/picture/picture.ts';
import { type PictureOptions, pictureOf } from '../../src/lab/picture/picture-of.ts';
import type { Location } from '../../src/sketch/inode.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { Sketch } from '../../src/sketch/sketch.ts';

/** A machine to draw, and short words for what happens on it. */
export class Scene {
  readonly sketch: Sketch;
  readonly process: SketchProcess;
  #time = 0n;

  constructor(type = 'ext4') {
    this.sketch = new Sketch({ type, now: () => ++this.#time });
    this.process = this.sketch.process();
  }

  get time(): bigint {
    return this.#time;
  }

  dir(...paths: readonly string[]): this {
    for (const path of paths) allowed(this.process.mkdir(this.process.cwd, path, 0o755));
    return this;
  }

  file(path: string, text = ''): this {
    using file = opened(
      this.process.open(this.process.cwd, path, { access: 'write', create: 'if-missing', mode: 0o644 }),
    );
    this.process.write(file, encodeBytes(text), 0);
    return this;
  }

  link(from: string, to: string): this {
    allowed(this.process.link(this.process.cwd, from, this.process.cwd, to));
    return this;
  }

  symlink(text: string, path: string): this {
    allowed(this.process.symlink(linkText(text), this.process.cwd, path));
    return this;
  }

  unlink(path: string): this {
    allowed(this.process.unlink(this.process.cwd, path));
    return this;
  }

  mount(path: string, type: string): this {
    assert.equal(this.sketch.mount(this.at(path), { type }), undefined);
    return this;
  }

  bind(from: string, on: string): this {
    assert.equal(this.sketch.mount(this.at(on), { source: this.at(from) }), undefined);
    return this;
  }

  /** The caller releases it. */
  open(path: string): Handle {
    return opened(this.process.open(this.process.cwd, path, { access: 'read' }));
  }

  at(path: string): Location {
    const found = this.process.locate(path);
    assert.ok(typeof found !== 'string', `${path}: ${found}`);
    return found;
  }

  picture(options: PictureOptions = {}): Picture {
    return pictureOf(this.sketch, options);
  }
}

const allowed = (fault: Fault | undefined): void => {
  assert.equal(fault, undefined);
};

const opened = (handle: Handle | Fault): Handle => {
  assert.ok(!(handle instanceof Fault), `${handle instanceof Fault ? handle.reason : ''}`);
  return handle;
};
