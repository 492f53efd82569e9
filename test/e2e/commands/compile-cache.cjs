"use strict";
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

/*
 * Loaded before gitlab-ci-local and the commands, which are the same in every pipeline: compiling them takes longer than
 * most of what they do. Not a variable of the environment, which jobs would have as well. Node does without where it may
 * not write.
 */

enableCompileCache(join(__dirname, "../../../node_modules/.cache/aws-oidc-commands"));
