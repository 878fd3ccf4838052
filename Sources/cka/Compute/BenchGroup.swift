import ArgumentParser

/// The benchmarks.
struct BenchGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this program on this machine.",
    subcommands: [Bench.self, BenchCompute.self], defaultSubcommand: Bench.self)
}
