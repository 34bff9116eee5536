/** Entry point of the viewer's page: the extension's HTML has an empty body and loads this script and its style sheet. */
import './viewer.css';
import { Viewer } from './viewer.ts';

new Viewer(document.body);
