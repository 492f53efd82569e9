/**
 * The beginning of a line that is a command, YAML or JSON, to copy unchanged; indented lines belong to the line above.
 */
export const CODE_LINE = /^(?:aws|curl|openssl|printf|node) |^ {2}|^["{]|^\w+:(?: |$)/;
