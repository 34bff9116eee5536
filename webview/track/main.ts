/** Entry point of the page with the charts of tracked tensors. */
import './track.css';
import { keepFocus } from '../keepFocus.ts';
import { TrackPage } from './trackPage.ts';

keepFocus();
new TrackPage(document.body);
