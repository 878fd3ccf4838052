import ArgumentParser

@main
struct CKA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cka", abstract: "Explore saved CKA results in the terminal.")
}
