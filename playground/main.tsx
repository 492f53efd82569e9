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
addEventListener("hashchange", () => openLink(location.hash));
