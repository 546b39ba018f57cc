using System.Buffers;
using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>A command as QEMU reads it: one line of JSON.</summary>
internal static class QmpFrame
{
    public static void Write(ArrayBufferWriter<byte> buffer, QmpCall call)
    {
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(call.OutOfBand ? "exec-oob" : "execute", call.Name);
            if (call.Arguments is { } arguments)
            {
                writer.WriteStartObject("arguments");
                arguments(writer);
                writer.WriteEndObject();
            }

            writer.WriteNumber("id", call.Id);
            writer.WriteEndObject();
        }

        buffer.Write("\r\n"u8);
    }
}
