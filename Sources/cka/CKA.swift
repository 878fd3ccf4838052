import ArgumentParser

@main
struct CKA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cka",
    abstract: "Explore saved CKA (Centered Kernel Alignment) results in the terminal.",
    discussion: """
      `cka PATH…` opens the explorer on files and folders of results that torch_cka, ckatorch, numpy \
      and others saved; ? inside it shows the keys. Nothing in a file is ever executed.

      Exit codes: 0 all is well, 1 a file could not be read or written, 64 the command line is wrong.
      """,
    version: "0.1.0",
    subcommands: [
      Explore.self, Info.self, Show.self, Export.self, Convert.self, Keys.self, Bench.self,
    ],
    defaultSubcommand: Explore.self)
}
