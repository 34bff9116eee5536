/** What the colours of NaN and the infinities on a picture mean. */
import { html } from 'lit/html.js';

/** Which of them are among the values that are shown. */
export interface NotFinitePresent {
  nan: boolean;
  positiveInfinity: boolean;
  negativeInfinity: boolean;
}

export function notFiniteIn(values: Float64Array): NotFinitePresent {
  return {
    nan: values.includes(NaN),
    positiveInfinity: values.includes(Infinity),
    negativeInfinity: values.includes(-Infinity),
  };
}

export function legend({ nan, positiveInfinity, negativeInfinity }: NotFinitePresent) {
  const swatch = (shown: boolean, className: string, name: string) =>
    shown ? html`<span class="legend"><span class="swatch ${className}"></span>${name}</span>` : '';
  return [
    swatch(nan, 'nan', 'NaN'),
    swatch(positiveInfinity, 'positive-infinity', 'Infinity'),
    swatch(negativeInfinity, 'negative-infinity', '-Infinity'),
  ];
}
