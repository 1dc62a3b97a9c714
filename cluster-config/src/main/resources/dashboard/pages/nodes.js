import { html } from '../vendor/preact-htm.js';
export const Nodes = () => html`<h1>Nodes</h1>`;
