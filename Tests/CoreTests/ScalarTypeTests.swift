import Testing
import TestSupport

@testable import Core

@Suite struct ScalarTypeTests {
  private func value(_ type: ScalarType, _ bits: some FixedWidthInteger) -> Double {
    withUnsafeBytes(of: bits) { bytes in
      bytes.baseAddress.map { type.load($0, swapped: false) } ?? .nan
    }
  }

  @Test(
    arguments: [
      (0x0000, 0.0), (0x3C00, 1), (0xBC00, -1), (0x3555, 0.333251953125), (0x7BFF, 65504),
      (0xFBFF, -65504), (0x0400, 0x1p-14), (0x0001, 0x1p-24), (0x03FF, 0x3FFp-24),
      (0x8001, -0x1p-24), (0x7C00, .infinity), (0xFC00, -.infinity),
    ] as [(UInt16, Double)])
  func readsHalves(bits: UInt16, expected: Double) {
    #expect(value(.float16, bits) == expected)
  }

  @Test func readsEveryHalfAsTheLanguageDoes() {
    #if !(os(macOS) && arch(x86_64))
      for bits in UInt16.min...UInt16.max {
        let expected = Double(Float16(bitPattern: bits))
        let read = value(.float16, bits)
        guard isClose(read, expected), read.sign == expected.sign else {
          Issue.record("0x\(String(bits, radix: 16)) is read as \(read), not \(expected)")
          return
        }
      }
    #endif
  }

  @Test func readsBrainFloats() {
    #expect(value(.bfloat16, 0x3F80 as UInt16) == 1)
    #expect(value(.bfloat16, 0xC0A0 as UInt16) == -5)
    #expect(value(.bfloat16, 0x7FC0 as UInt16).isNaN)
  }

  @Test func readsIntegersAndBooleans() {
    #expect(value(.int8, -128 as Int8) == -128)
    #expect(value(.uint8, 255 as UInt8) == 255)
    #expect(value(.int16, Int16.min) == -32768)
    #expect(value(.uint16, UInt16.max) == 65535)
    #expect(value(.int32, Int32.min) == -2_147_483_648)
    #expect(value(.uint32, UInt32.max) == 4_294_967_295)
    #expect(value(.int64, Int64.min) == -0x1p63)
    #expect(value(.uint64, UInt64.max) == 0x1p64)
    #expect(value(.bool, 0 as UInt8) == 0)
    #expect(value(.bool, 2 as UInt8) == 1)
  }

  @Test(arguments: ScalarType.allCases)
  func readsBothByteOrders(type: ScalarType) throws {
    let bytes = (0..<type.size).map { UInt8($0 + 1) }
    let little = ByteRegion(copying: bytes)
    let big = ByteRegion(copying: bytes.reversed())
    let plain = try #require(Matrix(rows: 1, columns: 1, type: type, region: little))
    let swapped = try #require(
      Matrix(rows: 1, columns: 1, type: type, region: big, swapped: true))
    #expect(plain[0, 0] == swapped[0, 0])
    #expect(plain.values() == [plain[0, 0]])
  }
}
