/** Entry point of the viewer's page: the extension's HTML has an empty body and loads this script and its style sheet. */
// What is later wins: rooms come after what all of them share.
import './viewer.css';
import './controls.css';
import './header.css';
import './messages.css';
import './slicebar/slicebar.css';
import './grid/grid.css';
import './raster/raster.css';
import './statistics/statistics.css';
import './cost/cost.css';
import { keepFocus } from './keepFocus.ts';
import { Viewer } from './viewer.ts';

keepFocus('[role=grid]');
new Viewer(document.body);
