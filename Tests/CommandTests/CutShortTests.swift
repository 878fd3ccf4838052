import Foundation
import Testing

/// A file that is cut short while a command reads it: nothing may come of the bytes that are gone.
@Suite struct CutShortTests {
  private let place: Place
  private static let side = 2100

  init() throws {
    place = try Place()
    // Just above the size from which files are mapped.
    let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (\(Self.side), \(Self.side))}\n"
    var bytes = Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0])
    bytes.append(contentsOf: header.utf8)
    bytes.append(Data(repeating: 0, count: 4 * Self.side * Self.side))
    try bytes.write(to: URL(filePath: place.path("big.npy")))
  }

  /// Runs `command` and, once it has mapped the file, does `then` to it.
  private func run(_ command: String, then: String) throws -> (status: Int32, complaints: String) {
    let outcome = try place.shell(
      """
      cka \(command) > output & process=$!
      until grep -q big.npy /proc/$process/maps; do kill -0 $process || exit 99; done
      \(then)
      wait $process
      """)
    return (outcome.status, outcome.complaints)
  }

  @Test(
    "no command lets a value out of a file that was cut short",
    arguments: [
      "export big.npy --format csv -o out", "export big.npy --format npy -o out",
      "export big.npy --format png -o out",
      "export big.npy --format json -o -", "convert big.npy -o out.cka.safetensors",
      "show big.npy", "info big.npy", "match big.npy",
      "freeze big.npy", "compare big.npy big.npy",
    ])
  func cut(command: String) throws {
    let outcome = try run(command, then: "truncate -s 1M big.npy")
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.complaints.contains("big.npy: the file was c"), "\(outcome.complaints)")
    #expect(outcome.complaints.split(separator: "\n").count == 1, "\(outcome.complaints)")
    #expect(try place.bytes("output").isEmpty)
    #expect(place.names == ["big.npy", "output"])
  }

  @Test("nor of one that was written to in its middle, whose size stays the same")
  func written() throws {
    let outcome = try run(
      "export big.npy --format csv -o out",
      then: "dd if=/dev/urandom of=big.npy bs=1M count=1 seek=8 conv=notrunc status=none")
    #expect(outcome.status == 1 && outcome.complaints.contains("while it was read"))
    #expect(place.names == ["big.npy", "output"])
  }

  @Test("a file that another takes the place of is read to its end")
  func replaced() throws {
    let outcome = try run(
      "export big.npy --format npy -o out.npy", then: "echo new > next; mv next big.npy")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try place.bytes("out.npy").count == 4 * Self.side * Self.side + 128)
  }

  @Test("what would pass the budget of memory is refused with what to do")
  func tooLarge() throws {
    try place.copy(sample: "variants/results.json", as: "results.json")
    let outcome = try place.cka("info", "results.json", environment: ["CKA_MEMORY": "4K"])
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("too large: reading it takes"))
    #expect(outcome.complaints.contains("set CKA_MEMORY=1G"))
    #expect(try place.cka("info", "results.json").status == 0)
  }

  @Test("doctor says how much memory files may take, and what confines the reader of HDF5")
  func doctor() throws {
    let said = try place.cka("doctor", environment: ["CKA_MEMORY": "8G"]).text
    #expect(said.contains("8192 MiB for what is read from files (CKA_MEMORY)"))
    #expect(said.contains("HDF5 reader"))
    let wrong = try place.cka("doctor", environment: ["CKA_MEMORY": "lots"]).text
    #expect(wrong.contains("to do: write CKA_MEMORY as a number with K, M or G"))
  }
}
