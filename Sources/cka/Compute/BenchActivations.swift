import CKACore
import Compute
import Foundation

/// Invented activations with the shapes of two ResNets, in a folder of their own.
struct BenchActivations {
  /// One file for each model.
  let paths: [String]
  /// Where a result may be written.
  let output: String
  private let folder: String

  /// Samples.
  static let samples = 128

  /// Writes the files.
  /// - Throws: `ComputeError` when there is no room for them.
  init(folder: String?) throws(ComputeError) {
    let parent = folder ?? FileManager.default.temporaryDirectory.path
    self.folder = "\(parent)/cka-bench-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: self.folder, withIntermediateDirectories: true)
    } catch {
      throw ComputeError("\(SafeText.sanitise(parent)): no folder can be made there")
    }
    output = "\(self.folder)/out.cka.safetensors"
    paths = ["resnet18", "resnet34"].map { [folder = self.folder] in "\(folder)/\($0).safetensors" }
    for (path, blocks) in zip(paths, [[2, 2, 2, 2], [3, 4, 6, 3]]) {
      do throws(ComputeError) { try Self.write(Self.layers(blocks: blocks), to: path) } catch {
        remove()
        throw error
      }
    }
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// The modules of a ResNet of basic blocks, for images of 64 × 64, in the order in which they are
  /// registered.
  private static func layers(blocks: [Int]) -> [(name: String, shape: [Int])] {
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
    _ layers: [(name: String, shape: [Int])], to path: String
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
