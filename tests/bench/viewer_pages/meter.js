/** Counts GL draw calls and triangles and times animation frames; loaded before anything else on a bench page. */
(() => {
  const meter = { draws: 0, triangles: 0, frames: [], current: 0, running: false };
  window.meter = meter;
  let inside = false;
  let outside = false;
  const count = (mode, elements, instances) => {
    if (!inside && !outside) {
      // Drawn at once and not in an animation frame: its time is that of whoever asked.
      outside = true;
      meter.draws = 0;
      meter.triangles = 0;
      queueMicrotask(() => {
        outside = false;
        meter.frames.push({
          now: performance.now(),
          ms: 0,
          draws: meter.draws,
          triangles: meter.triangles,
        });
      });
    }
    meter.draws += 1;
    if (mode === 4) meter.triangles += (elements / 3) * instances;
  };
  const sum = (array, offset, length) => {
    let total = 0;
    for (let i = 0; i < length; i += 1) total += array[offset + i];
    return total;
  };
  for (const kind of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    if (!kind) continue;
    const wrap = (name, measure) => {
      const own = kind.prototype[name];
      if (!own) return;
      kind.prototype[name] = function (...args) {
        measure(args);
        return own.apply(this, args);
      };
    };
    wrap("drawElements", ([mode, n]) => count(mode, n, 1));
    wrap("drawArrays", ([mode, , n]) => count(mode, n, 1));
    wrap("drawElementsInstanced", ([mode, n, , , instances]) => count(mode, n, instances));
    wrap("drawArraysInstanced", ([mode, , n, instances]) => count(mode, n, instances));
    wrap("drawRangeElements", ([mode, , , n]) => count(mode, n, 1));
    const extension = kind.prototype.getExtension;
    kind.prototype.getExtension = function (name) {
      const found = extension.call(this, name);
      if (!found || found.__metered || !/multi_draw/i.test(name)) return found;
      found.__metered = true;
      const elements = found.multiDrawElementsWEBGL;
      if (elements)
        found.multiDrawElementsWEBGL = function (mode, counts, at, ...rest) {
          count(mode, sum(counts, at, rest.at(-1)), 1);
          return elements.call(this, mode, counts, at, ...rest);
        };
      const instanced = found.multiDrawElementsInstancedWEBGL;
      if (instanced)
        found.multiDrawElementsInstancedWEBGL = function (mode, counts, at, ...rest) {
          const [, , , instances, from, draws] = rest;
          let all = 0;
          for (let i = 0; i < draws; i += 1) all += counts[at + i] * instances[from + i];
          count(mode, all, 1);
          return instanced.call(this, mode, counts, at, ...rest);
        };
      return found;
    };
  }
  // One entry per animation frame in which something was drawn: JavaScript milliseconds and calls.
  const ask = window.requestAnimationFrame.bind(window);
  let stamp = -1;
  window.requestAnimationFrame = (callback) =>
    ask((now) => {
      if (now !== stamp) {
        stamp = now;
        meter.current = 0;
        meter.draws = 0;
        meter.triangles = 0;
      }
      const began = performance.now();
      inside = true;
      callback(now);
      inside = false;
      meter.current += performance.now() - began;
      if (meter.draws > 0) {
        const last = meter.frames.at(-1);
        const entry = { now, ms: meter.current, draws: meter.draws, triangles: meter.triangles };
        if (last && last.now === now) meter.frames[meter.frames.length - 1] = entry;
        else meter.frames.push(entry);
        if (meter.frames.length > 2000) meter.frames.shift();
      }
    });

  /** Resolves after the next frame that drew at least this many triangles. */
  meter.drawn = (triangles = 1) =>
    new Promise((resolve) => {
      const look = () => {
        const last = meter.frames.at(-1);
        if (last && last.triangles >= triangles) resolve(last);
        else setTimeout(look, 4);
      };
      look();
    });
  /** JavaScript milliseconds of `count` frames, each after `step`. */
  meter.orbit = async (count, step) => {
    const found = [];
    for (let i = 0; i < count; i += 1) {
      const seen = meter.frames.length;
      const began = performance.now();
      step(i);
      const asked = performance.now() - began;
      const until = performance.now() + 20000;
      while (meter.frames.length === seen && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 2));
      const frame = meter.frames.at(-1);
      if (frame) found.push({ ms: frame.ms + asked, draws: frame.draws, triangles: frame.triangles });
    }
    return found;
  };
  /** Milliseconds of picking at a grid of points, of those that met something; and how many did. */
  meter.picks = async (pick) => {
    const found = [];
    let met = 0;
    for (let row = 0; row < 6; row += 1)
      for (let column = 0; column < 10; column += 1) {
        const began = performance.now();
        const hit = await pick(64 + column * 56, 40 + row * 62);
        const ms = performance.now() - began;
        if (!hit) continue;
        met += 1;
        found.push(ms);
      }
    return { ms: found, met };
  };
  /** Milliseconds from asking until the next picture's JavaScript is over. */
  meter.act = async (action) => {
    const seen = meter.frames.length;
    const began = performance.now();
    await action();
    const asked = performance.now() - began;
    const until = performance.now() + 20000;
    while (meter.frames.length === seen && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 2));
    return asked + (meter.frames.at(-1)?.ms ?? 0);
  };
})();
