// Command prose checks the text of this repository with Vale and the rules of
// scripts/vale. It owns what Vale cannot do by itself: it takes the text out of
// files that are not Markdown, and it checks the width of Markdown lines.
//
// Files:
//
//   - Markdown: all prose.
//   - Go: package docs, doc comments of exported names, and string literals that
//     hold a sentence. Words in other comments are warnings. Test files are not
//     checked.
//   - YAML, shell, Protocol Buffers, Makefile: comments.
//
// For each file the program writes a Markdown file with the same name into a
// temporary folder. Each line of text has the same number there, so the line
// numbers that Vale prints are those of the source.
//
// Without arguments it checks every file that git knows, except the folders in
// scripts/vale/not-yet.txt, and it prints errors only. With paths it checks the
// files below them, uses no list, and prints warnings too.
//
// The program changes no file of the repository and uses no network.
package main
