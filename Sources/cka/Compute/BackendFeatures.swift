import ArgumentParser
import CKACore
import Formats

/// The built-in backend: saved activations as frames on standard output.
struct BackendFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Send centred Gram matrices of saved activations to standard output.")

  @OptionGroup var options: ComputeOptions

  func run() throws {
    do {
      let reading = try ComputeChoices(try options.recipe()).reading
      let features = try FeatureSet.open(try options.recipe().features, options: reading)
      let source = FeatureSetSource(features)
      let header = BackendHeader(models: source.models, sampleCounts: source.sampleCounts)
      try Self.send(try header.encoded())
      for (minibatch, samples) in source.sampleCounts.enumerated() {
        var layers: [BackendFrame.Layer] = []
        for (model, description) in source.models.enumerated() {
          for layer in description.layers.indices {
            layers.append(
              Self.layer(
                try source.features(minibatch: minibatch, model: model, layer: layer)))
          }
        }
        let frame = BackendFrame(
          samples: samples, sampleHash: source.sampleHash(minibatch: minibatch), layers: layers)
        let bytes = try frame.encoded(header)
        try features.checkIntact()
        try Self.send(bytes)
        Self.tell("sent \(minibatch + 1) of \(source.sampleCounts.count) minibatches")
      }
      try Self.send([])
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  private static func layer(_ features: Matrix) -> BackendFrame.Layer {
    let gram = PlainCKA.kernel(features, .linear)
    guard gram.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      return .fault("some activations are NaN or infinite, or too large")
    }
    return .gram(Matrix(rows: gram.count, columns: gram.count, values: Array(gram.joined())))
  }

  /// A buffer with its length before it; the end mark when it is empty.
  private static func send(_ bytes: [UInt8]) throws {
    try StandardOutput.write(withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) })
    try StandardOutput.write(bytes)
  }

  private static func tell(_ text: String) {
    StandardOutput.write(Array("{\"progress\": \"\(text)\"}\n".utf8), to: 2)
  }
}
