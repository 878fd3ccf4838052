import Core
import Foundation
import Similarity

/// Invented activations in a folder of their own.
struct BenchActivations {
  /// A layer's name and the shape of one sample.
  typealias Layer = (name: String, shape: [Int])

  /// One file for each model.
  let paths: [String]
  /// Where a result may be written.
  let output: String
  /// The folder, for further files.
  let folder: String

  /// Writes a file for each of `models`.
  /// - Throws: `ComputeError` when there is no room for them.
  private init(
    _ models: [(name: String, layers: [Layer])], samples: Int, folder: String?
  ) throws(ComputeError) {
    let parent = folder ?? FileManager.default.temporaryDirectory.path
    self.folder = "\(parent)/cka-bench-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: self.folder, withIntermediateDirectories: true)
    } catch {
      throw ComputeError("\(SafeText.sanitise(parent)): no folder can be made there")
    }
    output = "\(self.folder)/out.cka.safetensors"
    paths = models.map { [folder = self.folder] in "\(folder)/\($0.name).safetensors" }
    for (path, model) in zip(paths, models) {
      do throws(ComputeError) { try Self.write(model.layers, samples: samples, to: path) } catch {
        remove()
        throw error
      }
    }
  }

  /// One minibatch of 128 samples of all modules of ResNet18 and ResNet34.
  static func resNets(folder: String?) throws(ComputeError) -> BenchActivations {
    try BenchActivations(
      [
        ("resnet18", layers(blocks: [2, 2, 2, 2])), ("resnet34", layers(blocks: [3, 4, 6, 3])),
      ], samples: 128, folder: folder)
  }

  /// One model of so many layers, of `features` features each.
  static func model(
    layers: Int, features: Int, samples: Int, folder: String?
  ) throws(ComputeError) -> BenchActivations {
    let layers = (0..<layers).map { (name: "layer\($0)", shape: [features]) }
    return try BenchActivations([("model", layers)], samples: samples, folder: folder)
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// The modules of a ResNet of basic blocks, for images of 64 × 64, in the order in which they are
  /// registered.
  private static func layers(blocks: [Int]) -> [Layer] {
    var layers =
      ["conv1", "bn1", "relu"].map { ($0, [64, 32, 32]) } + [("maxpool", [64, 16, 16])]
    for (stage, count) in blocks.enumerated() {
      let side = 16 >> stage
      let shape = [64 << stage, side, side]
      var names = [""]
      for block in 0..<count {
        names += ["", ".conv1", ".bn1", ".relu", ".conv2", ".bn2"].map { ".\(block)\($0)" }
        if stage > 0, block == 0 {
          names += ["", ".0", ".1"].map { ".\(block).downsample\($0)" }
        }
      }
      layers += names.map { ("layer\(stage + 1)\($0)", shape) }
    }
    return layers + [("avgpool", [512, 1, 1]), ("fc", [1000])]
  }

  private static func write(
    _ layers: [Layer], samples: Int, to path: String
  ) throws(ComputeError) {
    var end = 0
    let fields = layers.map { layer in
      let start = end
      end += layer.shape.reduce(samples * 4, *)
      return "\"\(layer.name)\": {\"dtype\": \"F32\", \"shape\": \([samples] + layer.shape), "
        + "\"data_offsets\": [\(start), \(end)]}"
    }
    var header = "{\(fields.joined(separator: ", "))}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    guard let file = fopen(path, "we") else { throw failure(path) }
    defer { fclose(file) }
    var length = UInt64(header.utf8.count).littleEndian
    var isWritten = fwrite(&length, 8, 1, file) == 1 && fputs(header, file) >= 0
    var noise = BenchNoise()
    for layer in layers where isWritten {
      for _ in 0..<samples where isWritten {
        let row = noise.row(layer.shape.reduce(1, *))
        isWritten = fwrite(row, 4, row.count, file) == row.count
      }
    }
    guard isWritten, fflush(file) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> ComputeError {
    ComputeError(
      "\(SafeText.sanitise(path)) cannot be written: \(String(cString: strerror(errno)))")
  }
}

/// Numbers from 0 to 1 that look like noise, the same in every run.
private struct BenchNoise {
  private var state: UInt64 = 1

  mutating func row(_ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        buffer[index] = Float(state >> 40) * 0x1p-24
      }
      filled = count
    }
  }
}
