// Unpacks the script of the page and runs it. The Content-Security-Policy knows its hash, so that no other one can run.
const packed = document.getElementById("packed").textContent;
const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
const script = document.createElement("script");
script.type = "module";
script.textContent = await new Response(stream).text();
document.body.append(script);
