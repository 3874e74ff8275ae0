import { type BatchProgress, STAGES } from './batch-progress.ts';
import { element } from './element.ts';

/** The five stages of a batch as a line that fills; what it shows is also said in words beside it. */
export function stageTrack() {
  const stages = STAGES.map((name) => element('span', { class: 'stage', title: name }, element('span', {})));
  return {
    element: element('div', { class: 'stage-track', 'aria-hidden': true }, ...stages),
    show({ tone, stagesDone, stageShare }: BatchProgress) {
      stages.forEach((stage, index) => {
        const isNow = tone !== 'failed' && index === stagesDone;
        stage.dataset.at =
          index < stagesDone ? 'done' : isNow ? tone : tone === 'failed' ? 'failed' : 'ahead';
        const isCounted = isNow && stageShare !== undefined;
        stage.dataset.counted = String(isCounted);
        if (isCounted) stage.style.setProperty('--share', String(stageShare));
      });
    },
  };
}
