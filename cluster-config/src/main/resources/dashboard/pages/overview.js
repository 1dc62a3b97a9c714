import { html } from '../vendor/preact-htm.js';
export const Overview = () => html`<h1>Overview</h1>`;
