import ArgumentParser
import CKACore
import Compute
import Formats

/// The built-in backend: saved activations as frames on standard output.
struct BackendFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Send centred Gram matrices of saved activations to standard output.")

  @OptionGroup var options: ComputeOptions

  func run() throws {
    do {
      let recipe = try options.recipe()
      let choices = try ComputeChoices(recipe)
      let features = try FeatureSet.open(recipe.features, options: choices.reading)
      let source = FeatureSetSource(features)
      let maker = FrameMaker(
        source: source, precision: choices.options.precision, threads: choices.threads)
      let header = BackendHeader(models: source.models, sampleCounts: source.sampleCounts)
      let announced = try header.encoded()
      try Self.announce(announced.count)
      try StandardOutput.write(announced)
      for minibatch in source.sampleCounts.indices {
        let frame = BackendFrame(try maker.frame(minibatch: minibatch))
        let file = try frame.encoded(header)
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

extension BackendFrame {
  /// A frame as it is sent.
  fileprivate init(_ frame: Frame) {
    self.init(
      samples: frame.samples, sampleHash: frame.sampleHash,
      layers: frame.layers.map { layer in
        switch layer {
        case .gram(let gram): .gram(gram)
        case .fault(let reason): .fault(reason)
        }
      })
  }
}
