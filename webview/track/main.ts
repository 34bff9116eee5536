/** Entry point of the page with the charts of tracked tensors. */
import './track.css';
import { TrackPage } from './trackPage.ts';

new TrackPage(document.body);
