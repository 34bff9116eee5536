/** Scrolling a tensor of a billion elements in the viewer's grid: scripting time per frame, bytes moved per screen. */
import { computedSource } from '../viewer/sources.ts';
import { startViewerBrowser, type ViewerPage } from '../viewer/viewerPage.ts';
import type { Figure } from './measure.ts';

/** A complete event of Chromium's trace; times in microseconds, `tdur` of the thread's own clock. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
}

/** What the page's scripts run in. The messages of the test's own bridge arrive as `EvaluateScript` and do not count. */
const scripting = new Set(['EventDispatch', 'FireAnimationFrame', 'RunMicrotasks', 'TimerFire', 'FunctionCall']);

/** Milliseconds of scripting in each frame of the page; what the page draws is committed once a frame. */
function scriptingPerFrame(events: readonly TraceEvent[]): number[] {
  const commit = events.find(({ name }) => name === 'Commit');
  if (!commit) throw new Error('The trace has no frames.');
  const onThread = events
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === commit.pid && tid === commit.tid)
    .sort((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let ms = 0;
  let end = 0;
  for (const { name, ts, dur = 0, tdur = dur } of onThread) {
    if (name === 'Commit') {
      frames.push(ms);
      ms = 0;
    }
    // Events nest: only the outermost counts.
    if (!scripting.has(name) || ts < end) continue;
    end = ts + dur;
    ms += tdur / 1000;
  }
  return frames;
}

async function cellsOnScreen({ page }: ViewerPage): Promise<number> {
  return page.locator('[role=gridcell]').count();
}

export async function viewerScrolling(): Promise<Figure[]> {
  const started = await startViewerBrowser();
  const { browser } = started;
  try {
    const viewer = await started.open({ width: 1280, height: 900 });
    const { page } = viewer;
    await viewer.show(computedSource('x', 'float32', [1_000_000, 1_000], (flat) => Math.fround(Math.sin(flat))));
    await viewer.settled();
    await page.locator('.grid-scroller').hover();
    await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
    for (let i = 0; i < 150; i++) await page.mouse.wheel(i % 5 === 4 ? 130 : 0, 37 + 61 * (i % 7));
    await viewer.settled();
    const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const frames = scriptingPerFrame(trace.traceEvents)
      .filter((ms) => ms > 0)
      .sort((a, b) => a - b);
    const p95 = frames[Math.floor(frames.length * 0.95)] as number;

    const before = viewer.reads().length;
    await page.locator('[role=grid]').focus();
    let cells = 0;
    for (let i = 0; i < 20; i++) {
      await page.locator('#goto').fill(`${(i * 382_717) % 1_000_000}, ${(i * 617) % 1_000}`);
      await page.locator('#goto').press('Enter');
      await viewer.settled();
      cells += await cellsOnScreen(viewer);
    }
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('PageDown');
      await viewer.settled();
      cells += await cellsOnScreen(viewer);
    }
    const bytes = viewer
      .reads()
      .slice(before)
      .reduce((sum, read) => sum + read.bytes, 0);
    return [
      {
        name: 'viewer, scripting',
        sides: 'scripting per frame at the 95th percentile while scrolling a billion elements / 8 ms',
        ratio: p95 / 8,
        target: 1,
        goal: 'at most',
        detail: `${p95.toFixed(2)} ms over ${frames.length} frames`,
      },
      {
        name: 'viewer, bytes',
        sides: 'bytes moved / bytes of the cells on screen, 20 pages and 20 jumps',
        ratio: bytes / (cells * 4),
        target: 1.5,
        goal: 'at most',
        detail: `${bytes} B / ${cells * 4} B`,
      },
    ];
  } finally {
    await started.close();
  }
}
