import ArgumentParser
import Formats
import Recipe
import Runs
import Similarity

/// The built-in backend: saved activations as frames on standard output.
struct BackendFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Send centred Gram matrices of saved activations to standard output.",
    usage: "cka backend features FEATURES… [OPTIONS]",
    discussion: """
      Of the options of `cka compute` --batch-size, --layers, --pool, --tokens, --layout, --axes, \
      --shuffle, --precision and --threads say what is sent; the others mean nothing here.

      Exit codes: 0 all was sent, 1 it was not, 64 the command line is wrong.
      """)

  @OptionGroup var options: ComputeOptions

  func validate() throws {
    guard let recipe = try? options.recipe(), recipe.subject == .features, recipe[.output] == nil
    else { throw ValidationError("files of activations are sent, and only to standard output") }
  }

  func run() throws {
    do {
      let recipe = try options.recipe()
      let choices = try ComputeChoices(recipe)
      let features = try FeatureSet.open(recipe.features, options: choices.reading)
      let source = FeatureSetSource(features)
      let maker = FrameMaker(
        source: source, precision: choices.options.precision, threads: choices.threads)
      var about = BackendAbout()
      about.settings = FeatureOutline(features, choices.reading).settings
      about.warnings = features.warnings.prefix(64).map(\.description)
      let header = BackendHeader(
        models: source.models, sampleCounts: source.sampleCounts, about: about)
      let announced = try header.encoded()
      try Self.announce(announced.count)
      try StandardOutput.write(announced)
      for minibatch in source.sampleCounts.indices {
        let file = try maker.frame(minibatch: minibatch).encoded(header)
        // A file that lost its end reads as something else: such a minibatch must not go out.
        try features.checkIntact()
        try Self.announce(file.count)
        try file.forEachPart { part throws(any Error) in try StandardOutput.write(part) }
        Self.tell("sent \(minibatch + 1) of \(source.sampleCounts.count) minibatches")
      }
      // The end mark.
      try Self.announce(0)
    } catch let error as FormatError {
      throw fail(error.description)
    } catch let error as ComputeError {
      throw fail(error.description)
    }
  }

  /// The length that stands before a buffer.
  private static func announce(_ count: Int) throws {
    try withUnsafeBytes(of: UInt64(count).littleEndian) { try StandardOutput.write($0) }
  }

  private static func tell(_ text: String) {
    StandardOutput.write(Array("{\"progress\": \"\(text)\"}\n".utf8), to: 2)
  }
}
