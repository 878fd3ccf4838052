import ArgumentParser

/// Programs that send Gram matrices.
struct BackendGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backend",
    abstract: "Send Gram matrices of saved activations, or check a program that sends some.",
    discussion: "The protocol is described in docs/backend.md.",
    subcommands: [BackendFeatures.self, BackendCheck.self])
}
