import { render } from "preact";
import { keepAddress, openLink } from "./state.ts";
import { App } from "./views/app.tsx";

const root = document.getElementById("page");
if (root === null) throw new Error("the page has no place for its content");

await openLink(location.hash);
// Preact leaves what it has not rendered: here, the sentence for browsers in which nothing of this runs.
root.replaceChildren();
render(<App />, root);
keepAddress();
// By now, the address may be the one of what the page showed before: it is written late.
addEventListener("hashchange", ({ newURL }) => openLink(new URL(newURL).hash));
